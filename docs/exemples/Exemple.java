// Un monde, une feuille par la fabrique, sa lecture, l'horloge. Java 11 ou plus, sans bibliothèque : java Exemple.java
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Exemple {
    static final String ICI = System.getenv("FSE_SIMULATOR"), JETON = System.getenv("FSE_BENCH_TOKEN");
    static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static String appel(String methode, String adresse, String porteur, String corps) throws Exception {
        HttpRequest.Builder requete = HttpRequest.newBuilder(URI.create(ICI + adresse))
            .header("Authorization", "Bearer " + porteur)
            .header("User-Agent", "Exemple/1.0 Editeur/exemple")
            .header("FSE-Version", "2026-01-01");
        if (corps != null) requete.header("Content-Type", "application/json");
        requete.method(methode, corps == null ? BodyPublishers.noBody() : BodyPublishers.ofString(corps));
        var reponse = HTTP.send(requete.build(), BodyHandlers.ofString());
        if (reponse.statusCode() >= 300) throw new IllegalStateException(reponse.statusCode() + " " + reponse.body());
        return reponse.body();
    }

    static String banc(String methode, String adresse, String corps) throws Exception {
        return appel(methode, "/bench/v1" + adresse, JETON, corps);
    }

    /** Un texte d'un JSON, le premier de ce nom ; en vrai, une bibliothèque JSON. */
    static String champ(String json, String nom) {
        Matcher trouve = Pattern.compile("\"" + nom + "\":\\s*\"([^\"]*)\"").matcher(json);
        if (!trouve.find()) throw new IllegalStateException(nom);
        return trouve.group(1);
    }

    public static void main(String[] args) throws Exception {
        String monde = champ(banc("POST", "/worlds", "{\"now\": \"2026-11-23T09:00:00Z\"}"), "id");
        String feuille = banc("POST", "/worlds/" + monde + "/sheets", "{\"state\": \"held\"}");
        String jeton = champ(feuille.substring(feuille.indexOf("\"tokens\"")), "prescriber");
        String lue = appel("GET", "/w/" + monde + "/v1/care-sheets/" + champ(feuille, "number"), jeton, null);
        System.out.println("feuille " + champ(lue, "status"));
        System.out.println("heure " + champ(banc("POST", "/worlds/" + monde + "/clock/advance", "{\"seconds\": 3600}"), "now"));
        banc("DELETE", "/worlds/" + monde, null);
    }
}
